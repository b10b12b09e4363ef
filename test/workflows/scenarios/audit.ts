/** Files by an agent, of which one leads out; an auditor that fails, a finding that is refuted, one that nobody checks. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { Scenario } from '../../support/workflows/scenario.ts';

const finding = (title: string, line: number, severity: string): JsonObject => ({
  ...{ title, line, severity, evidence: `there is no check in line ${line}` },
});
const audited = (...findings: JsonObject[]): JsonObject => ({
  readAll: true,
  missed: '',
  findings,
  hasMore: false,
});

export const scenario: Scenario = {
  args: { for: 'missing authorisation checks', where: 'the handlers', limit: 4 },
  git: true,
  files: {
    'src/users.js': '',
    'src/orders.js': '',
    'src/health.js': '',
    'src/admin.js': '',
    'src/late.js': '',
  },
  answer: (prompt) => {
    if (prompt.startsWith('List the files')) {
      const files = [
        'src/users.js',
        './src/orders.js',
        '../secrets.js',
        'src/health.js',
        'src/admin.js',
        'src/late.js',
      ];
      return { files, isWhole: true, leftOut: '' };
    }
    if (prompt.startsWith('Hold one file')) {
      if (prompt.includes('"src/users.js"'))
        return audited(
          finding('anybody deletes users', 7, 'critical'),
          finding('anybody lists users', 3, 'low'),
        );
      if (prompt.includes('"src/orders.js"'))
        return audited(
          finding('anybody reads orders', 1, 'high'),
          finding('Anybody reads orders', 1, 'high'),
        );
      return prompt.includes('"src/health.js"') ? audited() : null;
    }
    if (prompt.startsWith('Somebody claims')) {
      if (prompt.includes('lists users')) return { real: false, why: 'the router checks' };
      return prompt.includes('reads orders') ? null : { real: true, why: 'nothing checks' };
    }
    return 'All of it is in **one** router.';
  },
};
