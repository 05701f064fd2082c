import tseslint from 'typescript-eslint';

/**
 * Which room may import which: fixtures ← runtime ← benchmarks ← cli, and reports ← cli.
 * Reports know of benchmarks only the documents, of a result and of a comparison; runtimes do not know one another;
 * only the launcher's client speaks to the launcher.
 */
function walls(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const ROOMS = ['process', 'container', 'vm', 'fake', 'peers'];

const allBut = (room) =>
  ROOMS.filter((name) => name !== room).map((name) => `**/runtime/${name}/*`)
    .concat(ROOMS.filter((name) => name !== room).map((name) => `../${name}/*`));

export default tseslint.config(
  { ignores: ['node_modules', '**/.built', '**/.generated', '.tools'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allow: [{ name: 'bigint', from: 'lib' }] }],
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  walls(['runtime/**/*.ts'], [{ group: ['**/benchmarks/**', '**/reports/**', '**/cli/**'], message: 'runtime stands below benchmarks, reports and cli' }]),
  walls(['fixtures/**/*.ts'], [{ group: ['**/runtime/**', '**/benchmarks/**', '**/reports/**', '**/cli/**'], message: 'fixtures is the ground floor' }]),
  walls(['benchmarks/**/*.ts'], [{ group: ['**/reports/**', '**/cli/**'], message: 'benchmarks stands below reports and cli' }]),
  walls(['reports/**/*.ts'], [
    { group: ['**/runtime/**', '**/cli/**'], message: 'reports draw from the result document alone' },
    { regex: 'benchmarks/(?!result/|compare/document\\.ts$)', message: 'reports know of benchmarks only the documents: of a result, and of a comparison' },
  ]),
  ...['process', 'container', 'vm'].map((room) =>
    walls([`runtime/${room}/**/*.ts`], [
      { group: ['**/benchmarks/**', '**/reports/**', '**/cli/**'], message: 'runtime stands below benchmarks, reports and cli' },
      { group: allBut(room), message: 'runtimes do not know one another' },
    ])),
  // Peers are asked for the very container that ours is, so they read its description; how it is made is none of theirs.
  walls(['runtime/peers/**/*.ts'], [
    { group: ['**/benchmarks/**', '**/reports/**', '**/cli/**'], message: 'runtime stands below benchmarks, reports and cli' },
    { regex: '/(process|vm|fake)/|/container/(?!(capabilities|defaults|paths|spec|seccomp/(oci|profile))\\.ts$)', message: 'runtimes do not know one another; of ours, peers read the description alone' },
  ]),
);
