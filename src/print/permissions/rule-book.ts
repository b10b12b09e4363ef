/** All rules of a session: those of its flags before those of its settings. */
import type { Settings } from '../settings/settings.ts';
import { forbidsTool, parseRule, type Rule, type RuleBook } from './rule.ts';

export interface RuleSources {
  readonly settings: Settings;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
  readonly cwd: string;
}

/** `warnings` are for stderr: of what is no rule in a flag. Settings have told of theirs. */
export function ruleBook({ settings, allowedTools, disallowedTools, cwd }: RuleSources): {
  readonly rules: RuleBook;
  readonly warnings: readonly string[];
} {
  const warnings: string[] = [];
  const fromFlag = (texts: readonly string[], flag: string): Rule[] =>
    texts.flatMap((text) => {
      const rule = parseRule(text, cwd);
      if (rule === undefined) {
        warnings.push(
          `Warning: ${flag} ${JSON.stringify(text)} is no rule and is ignored: write Tool or Tool(pattern)`,
        );
      }
      return rule ?? [];
    });
  const rules = {
    allow: [
      ...(settings.onlyManagedRules ? [] : fromFlag(allowedTools, '--allowedTools')),
      ...settings.rules.allow,
    ],
    ask: settings.rules.ask,
    deny: [...fromFlag(disallowedTools, '--disallowedTools'), ...settings.rules.deny],
  };
  return { rules, warnings };
}

/** The first rule that speaks of every use of the tool. */
export function wholeRule({
  rules,
  behavior,
  tool,
}: {
  readonly rules: RuleBook;
  readonly behavior: 'deny' | 'ask';
  readonly tool: string;
}): Rule | undefined {
  return rules[behavior].find((rule) => rule.pattern === undefined && forbidsTool(rule, tool));
}
