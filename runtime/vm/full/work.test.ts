import test from 'ava';
import { disks } from '../../../fixtures/images/full/recipe.ts';
import { measureWords, WORK_KINDS, type WorkLetter } from '../../../fixtures/workload/work.ts';
import { fullArguments } from './arguments.ts';
import { FullBox } from './box.ts';

const KINDS = Object.keys(WORK_KINDS) as WorkLetter[];
const MACHINE = { accelerator: 'tcg', memoryMebibytes: 256, vcpus: 1 } as const;

function wordsOf(work: readonly string[] | undefined): string {
  const [recipe] = disks;
  const box = new FullBox({ launcher: { pid: 1 }, program: 'qemu', versions: {}, attempt: {} } as never, MACHINE, {} as never, recipe as never);
  const plan = box.plan({ what: 'workload', then: 'exit', account: false, ...(work === undefined ? {} : { work }) });
  return JSON.stringify(plan.at(-1)?.args);
}

test('put to work: the port tells it so, and it cannot end the machine when its workload is up', (t) => {
  const arguments_ = (work: boolean): string => fullArguments({ ...MACHINE, overlay: '/o', hostPort: null, debugExit: !work, work }, null).flatMap(({ words }) => words).join(' ');
  t.regex(arguments_(true), /-device isa-debugcon,iobase=0xeb,chardev=work,readback=0x77/);
  t.notRegex(arguments_(false), /0xeb/);
  t.regex(wordsOf(measureWords('/tmp', KINDS)), /readback=0x77/);
  t.notRegex(wordsOf(measureWords('/tmp', KINDS)), /isa-debug-exit/);
  t.notRegex(wordsOf(undefined), /readback/);
  t.regex(wordsOf(undefined), /isa-debug-exit/);
});

test('it works as its disk says, and refuses any other work', (t) => {
  const built = measureWords('', KINDS).slice(2).join(' ');
  for (const disk of disks) t.true(JSON.stringify(disk.layers).includes(`told ${built}`), disk.name);
  t.throws(() => wordsOf(measureWords('/tmp', ['i'])), { code: 'usage', message: /vm-full cannot be put to work: what it does at work is written on its disk/ });
  t.throws(() => wordsOf(['/tmp', 'hog', 'c', '1']), { code: 'usage' });
});
