import { describe, expect, test } from 'vitest';
import { Html, html, htmlBytes } from '../../../../src/report/page/html.ts';
import { HOSTILE } from '../../../support/runs/page-runs.ts';

describe('what is put into a template', () => {
  test('is text, not markup', () => {
    expect(html`<p>${'<b>&amp;"\''}</p>`.text).toBe('<p>&lt;b&gt;&amp;amp;"\'</p>');
  });

  test('cannot end the attribute that it is the value of', () => {
    expect(html`<a title="${'" onclick="x'}" id="${1}">${'"'}</a>`.text).toBe(
      '<a title="&quot; onclick=&quot;x" id="1">"</a>',
    );
  });

  test('stands within a tag also behind another value', () => {
    expect(html`<a id="${'"'}-${'"'}">`.text).toBe('<a id="&quot;-&quot;">');
  });

  test('is markup where it is HTML, and lists are put together', () => {
    expect(html`<ul>${[html`<li>${1}</li>`, html`<li>${'<'}</li>`]}</ul>${undefined}`.text).toBe(
      '<ul><li>1</li><li>&lt;</li></ul>',
    );
  });

  test('is refused as an attribute where it is HTML: a bug of ours', () => {
    expect(() => html`<a id="${new Html('x')}">`).toThrow(/only text/);
  });

  test('loses what moves cursors, hides, or turns the order of reading round', () => {
    expect(html`${'a\x1b[31mb\u202ec\u2028d\u2066e\x00'}`.text).toBe('abc\nde');
    expect(html`${HOSTILE}`.text).not.toMatch(
      /[<>\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
    );
  });
});

test('bytes are those on the page', () => {
  expect(htmlBytes('<é')).toBe(6);
});
