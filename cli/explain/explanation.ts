/** What there is to tell of a container: its parts in the order of the plan, each step with its call and its cost. */
import type { BoxCost } from '../../benchmarks/explain/measure.ts';
import { PARTS, STEP_RISKS, type PartName } from '../../runtime/container/parts.ts';
import type { Plan } from '../../runtime/plan.ts';
import { systemCall } from '../../runtime/system-call.ts';

export interface ExplainedStep {
  /** From 1. */
  readonly number: number;
  readonly label: string;
  readonly part: PartName | null;
  /** The system call with its arguments. */
  readonly call: string;
  readonly why: string;
  /** What could be done without it; `null` for what only leads up to the rest. */
  readonly risk: string | null;
  /** Median; `null` when nothing was measured. */
  readonly microseconds: number | null;
}

export interface ExplainedPart {
  readonly name: PartName;
  readonly title: string;
  readonly why: string;
  readonly risk: string;
  /** Sum over its steps. Namespaces that come with the clone are in that step: `--without` tells what each costs. */
  readonly microseconds: number | null;
}

export interface Omission {
  readonly names: readonly PartName[];
  /** Steps that fell away. */
  readonly steps: readonly string[];
  /** Median microseconds to ready of the whole container, of what is left, and the difference. */
  readonly fullMicroseconds: number | null;
  readonly leftMicroseconds: number | null;
  readonly savedMicroseconds: number | null;
}

export interface Explanation {
  readonly steps: readonly ExplainedStep[];
  readonly parts: readonly ExplainedPart[];
  readonly measured: { readonly starts: number; readonly hopMicroseconds: number; readonly firstByteMicroseconds: number; readonly readyMicroseconds: number; readonly cleanupMicroseconds: number } | null;
  readonly without: Omission | null;
}

function isPart(name: string | undefined): name is PartName {
  return PARTS.some((part) => part.name === name);
}

export function explainedSteps(plan: Plan, cost: BoxCost | null): ExplainedStep[] {
  return plan.map((step, index) => ({
    number: index + 1,
    label: step.label,
    part: isPart(step.part) ? step.part : null,
    call: systemCall(step),
    why: step.why,
    risk: STEP_RISKS[step.op] ?? PARTS.find(({ name }) => name === step.part)?.risk ?? null,
    microseconds: cost?.steps[index]?.microseconds ?? null,
  }));
}

export function explainedParts(steps: readonly ExplainedStep[], measured: boolean, present: ReadonlySet<PartName>): ExplainedPart[] {
  return PARTS.filter(({ name }) => present.has(name)).map(({ name, title, why, risk }) => {
    const own = steps.filter(({ part }) => part === name);
    return { name, title, why, risk, microseconds: measured && own.length > 0 ? own.reduce((sum, { microseconds }) => sum + (microseconds ?? 0), 0) : null };
  });
}
