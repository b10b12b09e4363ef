/** Two lenses over a diff of two files: one bug that both see, one that is refuted, one whose sceptics fail. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { Scenario } from '../../support/workflows/scenario.ts';

const DIFF = `diff --git a/src/sum.js b/src/sum.js
--- a/src/sum.js
+++ b/src/sum.js
@@ -1 +1 @@
-for (let i = 0; i < n; i++) sum += a[i]
+for (let i = 0; i <= n; i++) sum += a[i]
diff --git a/src/log.js b/src/log.js
--- a/src/log.js
+++ b/src/log.js
@@ -1 +1 @@
-log(user.name)
+log(user)
`;

const finding = (title: string, file: string, line: number, severity: string): JsonObject => ({
  ...{ title, file, line, severity, why: 'it is so' },
});

export const scenario: Scenario = {
  args: { diff: DIFF, lenses: ['correctness', 'security'], votes: 3 },
  git: true,
  files: { 'src/sum.js': '', 'src/log.js': '' },
  answer: (prompt) => {
    if (prompt.includes('for "correctness" only')) {
      return {
        sawAll: true,
        missed: '',
        findings: [
          finding('the loop reads one element too many', 'src/sum.js', 1, 'medium'),
          finding('the name is no longer logged', 'src/log.js', 1, 'low'),
        ],
      };
    }
    if (prompt.includes('for "security" only')) {
      return {
        sawAll: true,
        missed: '',
        findings: [
          finding('the whole user, password included, is logged', './src/log.js', 1, 'critical'),
          finding('The loop reads an element too many', './src/sum.js', 2, 'high'),
        ],
      };
    }
    if (prompt.includes('"the loop reads')) return { real: true, why: 'i reaches n' };
    if (prompt.includes('"the name is'))
      return { real: !prompt.includes('Show how'), why: 'it is, in the object' };
    return prompt.includes('Reproduce') ? { real: true, why: 'the password is in it' } : null;
  },
};
