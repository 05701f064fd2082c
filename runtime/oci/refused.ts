/** Finds in a document what tare refuses. */
import { PROPERTIES, type Property } from './support.ts';

export interface Found {
  /** With the numbers of entries: `mounts[3].uidMappings`. */
  readonly place: string;
  readonly property: Property;
}

/** Whether a value asks for nothing: engines write `"hooks": {}` and `"network": {}`. */
function empty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(empty);
}

function places(value: unknown, parts: readonly string[], place: string): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return empty(value) ? [] : [place];
  const name = part.replace(/\[\]$/, '');
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  const below: unknown = (value as Record<string, unknown>)[name];
  const here = place === '' ? name : `${place}.${name}`;
  if (name === part) return places(below, rest, here);
  return Array.isArray(below) ? below.flatMap((entry, index) => places(entry, rest, `${here}[${index}]`)) : [];
}

/** Every refused property that the document really asks for. */
export function refusedIn(document: unknown): Found[] {
  return PROPERTIES.filter(({ support }) => support === 'refused').flatMap((property) => places(document, property.path.split('.'), '').map((place) => ({ place, property })));
}

/**
 * The document without what asks for nothing: properties that are null, and refused ones that are empty.
 * What is left has no refused property once `refusedIn` found none.
 */
export function withoutEmpty(document: unknown, path = ''): unknown {
  if (Array.isArray(document)) return document.map((entry) => withoutEmpty(entry, `${path}[]`));
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(Object.entries(document).flatMap(([name, value]) => {
    const place = path === '' ? name : `${path}.${name}`;
    if (value === null || (empty(value) && PROPERTIES.some((each) => each.support === 'refused' && each.path === place))) return [];
    return [[name, withoutEmpty(value, place)]];
  }));
}
