/** Hosts with a network each, joined by a switch, which can be taken from it as if somebody had pulled the plug. Nothing of the machine's own network is touched. */
import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Of the switch, where servers are to listen. */
export const SWITCH_ADDRESS = '10.213.7.1';

/** `undefined`: they can be made. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'network namespaces are made by root, and on Linux';
  }
  const probe = `andwait${process.pid}`;
  try {
    for (const program of ['nsenter', 'unshare']) execFileSync(program, ['--version'], { stdio: 'ignore' });
    ip('netns', 'add', probe);
    try {
      ip('-n', probe, 'link', 'add', 'switch', 'type', 'bridge');
      ip('-n', probe, 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'other');
    } finally {
      ip('netns', 'delete', probe);
    }
    return undefined;
  } catch (error) {
    return `network namespaces cannot be made here (${(error as Error).message.trim()})`;
  }
}

/** Of the first a host's own kernel knows, and tries again often; of the second nobody does, and it tries ever more seldom. */
export type Cut = 'plug pulled' | 'nothing comes through';

export class HostNetwork {
  readonly #prefix: string;

  /** Gone with the test, once nobody is in it any more. */
  constructor(hosts: readonly string[]) {
    this.#prefix = `andwait${process.pid}-${counted()}`;
    const { switchNamespace } = this;
    this.#add(switchNamespace);
    ip('-n', switchNamespace, 'link', 'add', 'switch', 'address', macOf(1), 'type', 'bridge');
    ip('-n', switchNamespace, 'address', 'add', `${SWITCH_ADDRESS}/24`, 'dev', 'switch');
    ip('-n', switchNamespace, 'link', 'set', 'switch', 'up');
    for (const [index, host] of hosts.entries()) {
      const namespace = this.#of(host);
      this.#add(namespace);
      const far = ['peer', 'name', 'eth0', 'address', macOf(index + 10), 'netns', namespace];
      ip('-n', switchNamespace, 'link', 'add', host, 'type', 'veth', ...far);
      ip('-n', switchNamespace, 'link', 'set', host, 'master', 'switch', 'up');
      const address = SWITCH_ADDRESS.replace(/\d+$/, `${index + 10}`);
      // As if a router stood between them: neither learns from the other's silence that it is unreachable.
      know(switchNamespace, address, macOf(index + 10), 'switch');
      ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
      ip('-n', namespace, 'link', 'set', 'eth0', 'up');
      know(namespace, SWITCH_ADDRESS, macOf(1), 'eth0');
    }
  }

  get switchNamespace(): string {
    return this.#of('switch');
  }

  /** A command that runs the words after it on that host, which has its own name. It becomes that command: signals reach it. */
  into(host: string): readonly string[] {
    const named = ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', host];
    return ['nsenter', `--net=/run/netns/${this.#of(host)}`, '--', ...named];
  }

  cut(host: string, how: Cut): void {
    if (how === 'plug pulled') this.#port(host, 'down');
    else this.#port(host, 'nomaster');
  }

  join(host: string, how: Cut): void {
    if (how === 'plug pulled') this.#port(host, 'up');
    else this.#port(host, 'master', 'switch');
  }

  #port(host: string, ...words: readonly string[]): void {
    ip('-n', this.switchNamespace, 'link', 'set', host, ...words);
  }

  #of(host: string): string {
    return `${this.#prefix}-${host}`;
  }

  #add(namespace: string): void {
    ip('netns', 'add', namespace);
    onTestFinished(() => ip('netns', 'delete', namespace));
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
}

function macOf(number: number): string {
  return `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
}

function know(namespace: string, address: string, mac: string, device: string): void {
  ip('-n', namespace, 'neighbour', 'add', address, 'lladdr', mac, 'dev', device, 'nud', 'permanent');
}

let networks = 0;

function counted(): number {
  networks += 1;
  return networks;
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
}
