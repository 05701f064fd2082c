import test from 'ava';
import { z } from 'zod';
import { changed, reading } from './bundle.fixture.ts';
import { ociConfigSchema } from './config.ts';
import { PROPERTIES } from './support.ts';

/** Every property that the schema takes, as the table writes them. */
function leaves(schema: unknown, path: string): string[] {
  if (schema instanceof z.ZodOptional) return leaves(schema.unwrap(), path);
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape as Record<string, unknown>).flatMap(([name, below]) => leaves(below, path === '' ? name : `${path}.${name}`));
  if (schema instanceof z.ZodArray && inner(schema) instanceof z.ZodObject) return leaves(inner(schema), `${path}[]`);
  return [path];
}

function inner(schema: z.ZodArray): unknown {
  return schema.element;
}

test('the table says of every property that is read why, and of no other', (t) => {
  // The entries of these lists are told of as a whole.
  const whole = ['linux.uidMappings', 'linux.gidMappings', 'linux.devices', 'linux.resources.devices', 'linux.resources.blockIO.throttle'];
  const read = leaves(ociConfigSchema, '').map((path) => (whole.some((each) => path.startsWith(each)) ? path.replace(/\[\].*$/, '') : path));
  t.deepEqual([...new Set(read)].sort(), PROPERTIES.filter(({ support }) => support !== 'refused').map(({ path }) => path).sort());
  t.is(new Set(PROPERTIES.map(({ path }) => path)).size, PROPERTIES.length);
});

for (const { path, reason } of PROPERTIES.filter(({ support }) => support === 'refused')) {
  test(`${path} is refused by name, and passes where it asks for nothing`, async (t) => {
    const place = path.replaceAll('[]', '[0]');
    const error = await t.throwsAsync(reading(changed({ [place]: 1 })));
    t.true(error.message.includes(`asks for what tare does not do: ${place} (${reason})`), error.message);
    for (const nothing of [null, {}, []]) await t.notThrowsAsync(reading(changed({ [place]: nothing })), JSON.stringify(nothing));
  });
}

test('all that is refused is named at once', async (t) => {
  const config = changed({ hooks: { poststop: [{ path: '/bin/true' }] }, 'linux.intelRdt': { closID: 'x' } });
  await t.throwsAsync(reading(config), { message: /hooks \(.*\); linux\.intelRdt \(/ });
});
