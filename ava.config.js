export default {
  // What is built is not looked through: it may hold trees of any shape.
  files: ['{benchmarks,runtime,reports,fixtures,cli,setup}/**/*.test.ts', '!**/.built/**', '!**/.generated/**'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  // Processes, not threads: the tests start launchers and change what only a process has (uid, cwd, limits).
  workerThreads: false,
  concurrency: 2,
  timeout: '5m',
};
