/** A real browser, driven over its own pipe: what a page does in it, and what it looks like. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** `ANDWAIT_TEST_CHROMIUM`, else the first on PATH; `undefined` where there is none. */
export function chromiumPath(): string | undefined {
  const named = process.env['ANDWAIT_TEST_CHROMIUM'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync);
}

type Parameters = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  readonly isPhone: boolean;
}

export class HeadlessChromium implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, { resolve(result: Parameters): void; reject(error: Error): void }>();
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;
  #unread = '';

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    const from = child.stdio[4] as Readable;
    from.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser ended'));
    });
  }

  static async start(program: string): Promise<HeadlessChromium> {
    const profile = mkdtempSync(path.join(os.tmpdir(), 'andwait-chromium-'));
    const child = spawn(
      program,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--hide-scrollbars',
        '--no-first-run',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    await once(child, 'spawn');
    return new HeadlessChromium(child, profile);
  }

  /** Opens a file in a page of its own. */
  async open(file: string, view: View): Promise<BrowserPage> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new BrowserPage(this, String(sessionId));
    await page.load(file, view);
    return page;
  }

  send(method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> {
    this.#lastId += 1;
    const id = this.#lastId;
    const message = { id, method, params, ...(sessionId === undefined ? {} : { sessionId }) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }

  /** Contract: `listener` hears every event of that page until the browser ends. */
  listen(sessionId: string, listener: (method: string, params: Parameters) => void): void {
    this.#listeners.add((message) => {
      if (message.sessionId === sessionId && message.method !== undefined) {
        listener(message.method, message.params ?? {});
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    if (this.#child.exitCode === null) {
      this.send('Browser.close').catch(() => undefined);
      await ended;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #read(text: string): void {
    const parts = (this.#unread + text).split('\0');
    this.#unread = parts.pop() ?? '';
    for (const part of parts) this.#take(JSON.parse(part) as Message);
  }

  #take(message: Message): void {
    if (message.id === undefined) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result ?? {});
    else waiting?.reject(new Error(message.error.message));
  }
}

export class BrowserPage {
  readonly #browser: HeadlessChromium;
  readonly #sessionId: string;
  /** Errors, dialogs, refusals of the page's policy, and requests for anything but the file itself. */
  readonly troubles: string[] = [];

  constructor(browser: HeadlessChromium, sessionId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
    browser.listen(sessionId, (method, params) => this.#hear(method, params));
  }

  async load(file: string, view: View): Promise<void> {
    await Promise.all(
      ['Page', 'Runtime', 'Log', 'Network', 'Audits'].map((domain) => this.#send(`${domain}.enable`)),
    );
    await this.show(view);
    const loaded = new Promise<void>((resolve) => {
      this.#browser.listen(this.#sessionId, (method) => {
        if (method === 'Page.loadEventFired') resolve();
      });
    });
    await this.#send('Page.navigate', { url: `file://${file}` });
    await loaded;
  }

  async show(view: View): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', {
      width: view.width,
      height: view.height,
      deviceScaleFactor: view.isPhone ? 2 : 1,
      mobile: view.isPhone,
    });
    await this.#send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: view.scheme }],
    });
  }

  /** The value of an expression, which may be a promise. It is the browser's own word: the page's policy does not bind it. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails).slice(0, 2_000));
    return (result as { value: Value }).value;
  }

  async press(key: string): Promise<void> {
    await this.#send('Input.dispatchKeyEvent', {
      type: 'keyDown',
      key,
      text: key.length === 1 ? key : undefined,
    });
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', key });
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  }

  #send(method: string, params?: Parameters): Promise<Parameters> {
    return this.#browser.send(method, params, this.#sessionId);
  }

  #hear(method: string, params: Parameters): void {
    switch (method) {
      case 'Runtime.exceptionThrown':
      case 'Page.javascriptDialogOpening':
      case 'Audits.issueAdded':
      case 'Log.entryAdded':
        this.troubles.push(`${method}: ${JSON.stringify(params).slice(0, 500)}`);
        return;
      case 'Network.requestWillBeSent': {
        const { url } = params['request'] as { url: string };
        if (!url.endsWith('.html')) this.troubles.push(`asked for ${url.slice(0, 200)}`);
      }
    }
  }
}
