/** A monitor that says what a test tells it to, over a real socket. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const GREETING = '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2"}, "capabilities": ["oob"]}}\r\n';

export interface Asked {
  readonly execute: string;
  readonly id: number;
  readonly arguments?: unknown;
}

export interface ScriptedMonitor {
  readonly path: string;
  /** Commands as they came, the negotiation too. */
  readonly asked: readonly Asked[];
  /** Sends these bytes as they are, to the client that is connected. */
  readonly say: (text: string | Uint8Array) => void;
  /** Closes the connection, as a QEMU does that ends. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
}

export interface Script {
  readonly greeting?: string;
  /** Called for each command but the negotiation. */
  readonly answer?: (asked: Asked, monitor: ScriptedMonitor) => void;
}

export async function scriptedMonitor({ greeting = GREETING, answer }: Script = {}): Promise<ScriptedMonitor> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-qmp-'));
  const asked: Asked[] = [];
  let client: Socket | null = null;
  const server = createServer((socket) => {
    client = socket;
    socket.on('error', () => undefined); // a client that left
    socket.setEncoding('utf8');
    socket.write(greeting);
    let rest = '';
    socket.on('data', (piece: string) => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const command = JSON.parse(line) as Asked;
        asked.push(command);
        if (command.execute === 'qmp_capabilities') socket.write(`{"return": {}, "id": ${command.id}}\r\n`);
        else answer?.(command, monitor);
      }
    });
  });
  const monitor: ScriptedMonitor = {
    path: join(directory, 'qmp'),
    asked,
    say: (text) => client?.write(text),
    hangUp: () => client?.destroy(),
    async close() {
      client?.destroy();
      server.close();
      await once(server, 'close');
      rmSync(directory, { recursive: true });
    },
  };
  server.listen(monitor.path);
  await once(server, 'listening');
  return monitor;
}
