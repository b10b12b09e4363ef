/**
 * Whether a shell command may run: every command in it by itself, and every file it opens. One part that must be asked
 * about makes the whole one that is asked about; one that is denied makes it denied.
 */
import type { PermissionMode } from '../../flags/flag-table.ts';
import type { Verdict } from '../file-access.ts';
import type { Rule, RuleBook } from '../rule.ts';
import { type ShellFiles, WorkingPlace } from './shell-files.ts';
import { type PlannedCommand, planShell, type ShellPlan } from './shell-plan.ts';
import { forbidsCommand, grantsCommand, quotesCommand } from './shell-rule.ts';
import { MAX_CHARS } from './shell-script.ts';
import { ShellStepGate } from './shell-step-gate.ts';

export interface ShellGateDeps {
  readonly rules: RuleBook;
  readonly mode: PermissionMode;
  readonly files: ShellFiles;
  /** Where the session works. */
  readonly sessionDir: string;
}

export class ShellGate {
  readonly #mode: PermissionMode;
  readonly #files: ShellFiles;
  readonly #sessionDir: string;
  readonly #deny: readonly Rule[];
  readonly #ask: readonly Rule[];
  readonly #allow: readonly Rule[];

  constructor({ rules, mode, files, sessionDir }: ShellGateDeps) {
    this.#sessionDir = sessionDir;
    this.#mode = mode;
    this.#files = files;
    const ofShell = (list: readonly Rule[]): Rule[] => list.filter(({ tool }) => tool === 'Bash');
    this.#deny = ofShell(rules.deny);
    this.#ask = ofShell(rules.ask);
    this.#allow = ofShell(rules.allow);
  }

  /** `currentDir`: where the command starts. */
  judge(text: string, currentDir: string): Verdict {
    const plan = planShell(text);
    const forbidden = this.#forbidden(plan, text);
    if (forbidden?.kind === 'deny') return forbidden;
    const parts = this.#judgeParts(plan, currentDir);
    const denied = parts.find(({ kind }) => kind === 'deny');
    if (denied !== undefined) return denied;
    if (this.#mode === 'bypassPermissions') {
      return forbidden ?? this.#unseen(plan) ?? { kind: 'allow', why: 'mode bypassPermissions' };
    }
    if (forbidden !== undefined) return forbidden;
    if (this.#mode !== 'plan') {
      const granted = this.#grantedWhole(plan, text, currentDir);
      if (granted !== undefined) return granted;
    }
    const doubt = plan.doubts[0];
    if (doubt !== undefined)
      return { kind: 'ask', why: `the command cannot be judged before it runs: ${doubt}` };
    if (plan.steps.length === 0 && text.trim() !== '' && !isCommentOnly(text)) {
      return parts[0] ?? { kind: 'allow', why: 'it starts nothing' };
    }
    return parts.find(({ kind }) => kind === 'ask') ?? { kind: 'allow', why: 'every part of it is allowed' };
  }

  /** Rules that forbid hold in every mode. What they might speak for, once it runs, is asked about. */
  #forbidden(plan: ShellPlan, text: string): Verdict | undefined {
    const aspects = [...plan.aspects, { words: [], raw: text.slice(0, MAX_CHARS) }];
    const answers = (rule: Rule) => aspects.map(({ words, raw }) => forbidsCommand(rule, words, raw));
    const find = (rules: readonly Rule[], answer: 'yes' | 'maybe'): Rule | undefined =>
      rules.find((rule) => answers(rule).includes(answer));
    const denying = find(this.#deny, 'yes');
    if (denying !== undefined) return { kind: 'deny', why: `the rule ${denying.text} denies it` };
    const asking = find(this.#ask, 'yes');
    if (asking !== undefined) return { kind: 'ask', why: `the rule ${asking.text} asks before it runs` };
    const perhaps = find([...this.#deny, ...this.#ask], 'maybe');
    if (perhaps === undefined) return undefined;
    return { kind: 'ask', why: `the rule ${perhaps.text} may speak for it, which only shows when it runs` };
  }

  /** Where everything is permitted: a rule that forbids can only be held to what can be seen. */
  #unseen({ doubts }: ShellPlan): Verdict | undefined {
    const doubt = doubts[0];
    if (doubt === undefined || [...this.#deny, ...this.#ask].length === 0) return undefined;
    return {
      kind: 'ask',
      why: `there are rules that forbid commands, and this one cannot be judged: ${doubt}`,
    };
  }

  /** A rule for all commands, or one that quotes this one. Files that others run or obey are asked about all the same. */
  #grantedWhole(plan: ShellPlan, text: string, currentDir: string): Verdict | undefined {
    if (this.#allow.some((rule) => quotesCommand(rule, text)))
      return { kind: 'allow', why: 'a rule quotes it' };
    if (!this.#allow.some(({ pattern }) => pattern === undefined)) return undefined;
    const place = new WorkingPlace(currentDir);
    for (const step of plan.steps) {
      if (this.#files.namesSecret(step, place))
        return { kind: 'ask', why: "it names a file of andwait's own pool" };
      const isProtected = this.#files.writesProtected(step, place);
      if (isProtected) return { kind: 'ask', why: 'it writes a file that other programs run or obey' };
    }
    return { kind: 'allow', why: 'a rule allows all commands' };
  }

  #judgeParts(plan: ShellPlan, currentDir: string): Verdict[] {
    const steps = new ShellStepGate({
      plan,
      mode: this.#mode,
      files: this.#files,
      place: new WorkingPlace(currentDir),
      sessionDir: this.#sessionDir,
      isGranted: (command) => this.#isGranted(command),
    });
    return plan.steps.map((step) => steps.judge(step));
  }

  #isGranted({ words, raw, mustName }: PlannedCommand): boolean {
    return this.#allow.some((rule) => grantsCommand(rule, words, mustName) || quotesCommand(rule, raw));
  }
}

function isCommentOnly(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(#.*)?$/.test(line));
}
