export default {
  files: ['{benchmarks,runtime,reports,fixtures,cli,setup}/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  // Processes, not threads: the tests start launchers and change what only a process has (uid, cwd, limits).
  workerThreads: false,
  concurrency: 2,
  timeout: '5m',
};
