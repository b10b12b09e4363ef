/**
 * The page's own script, as text. The page is whole without it: it filters and sorts what stands there, moves by keys,
 * and tells times as the reader's clock has them. It makes no markup: it reads text, and sets text and attributes only.
 */
export const PAGE_SCRIPT = `'use strict';
(() => {
  const get = (id) => document.getElementById(id);
  const own = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  // Those of the calls when they are opened: a thousand at once would be felt.
  for (const time of document.querySelectorAll('time:not(#list time)')) localise(time);
  document.addEventListener('toggle', (event) => {
    if (event.target.open) for (const time of event.target.querySelectorAll('time')) localise(time);
  }, true);

  function localise(time) {
    if (time.title !== '') return;
    const at = new Date(time.dateTime);
    time.title = time.textContent;
    time.textContent = own.format(at) + ' (' + time.dateTime.slice(11, 19) + ' UTC)';
  }

  const list = get('list');
  const form = get('filters');
  if (list === null || form === null) return;
  const calls = [...list.children].map((item, at) => ({
    item, at,
    number: Number(item.id.slice(1)),
    figures: item.dataset.v.split(' ').map(Number),
    phase: item.querySelector('.p').textContent,
    text: undefined,
  }));
  const isFailed = ({ item }) => item.classList.contains('failed') && !item.classList.contains('old');
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', later(filter));
  get('order').addEventListener('change', sort);
  get('all').addEventListener('click', () => {
    const open = get('all').textContent === 'Open all';
    for (const call of shown()) details(call).open = open;
    get('all').textContent = open ? 'Close all' : 'Open all';
  });
  window.addEventListener('hashchange', goToHash);
  document.addEventListener('keydown', press);
  filter();
  goToHash();

  function shown() { return calls.filter(({ item }) => !item.hidden); }
  function details({ item }) { return item.firstElementChild; }
  function later(work) {
    let frame = 0;
    return () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(work); };
  }

  function filter() {
    const words = get('find').value.toLowerCase().split(/\\s+/).filter(Boolean);
    const state = form.elements.state.value;
    const phase = get('phase') === null ? '' : get('phase').value;
    let count = 0;
    for (const call of calls) {
      const { classList } = call.item;
      const isOld = classList.contains('old');
      const fits = (state === '' || (state === 'old' ? isOld : !isOld && classList.contains(state)))
        && (phase === '' || call.phase === phase)
        && (words.length === 0 || words.every((word) => textOf(call).includes(word)));
      call.item.hidden = !fits;
      if (fits) count += 1;
    }
    get('count').textContent = count.toLocaleString() + ' of ' + calls.length.toLocaleString() + ' shown';
  }

  function textOf(call) {
    call.text ??= call.item.textContent.toLowerCase();
    return call.text;
  }

  function sort() {
    const order = get('order').value;
    const key = order === '' ? ({ at }) => at : order === 'n' ? ({ number }) => number
      : ({ figures }) => -figures[Number(order)];
    calls.sort((a, b) => key(a) - key(b) || a.number - b.number);
    list.append(...calls.map(({ item }) => item));
  }

  function goToHash() {
    const call = /^#c\\d+$/.test(location.hash) && calls.find(({ item }) => '#' + item.id === location.hash);
    if (!call) return;
    call.item.hidden = false;
    details(call).open = true;
    goTo(call);
  }

  function goTo(call) {
    if (call === undefined) return;
    details(call).firstElementChild.focus({ preventScroll: true });
    call.item.scrollIntoView({ block: 'nearest' });
  }

  function press(event) {
    const { target, key } = event;
    if (key === 'Escape' && target === get('find')) { target.value = ''; filter(); target.blur(); return; }
    if (!get('keys').checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches('input:not([type=checkbox],[type=radio]), select, textarea')) return;
    const all = shown();
    const here = all.findIndex(({ item }) => item.contains(document.activeElement));
    if (key === '/') get('find').focus();
    else if (key === 'j') goTo(all[Math.min(here + 1, all.length - 1)]);
    else if (key === 'k') goTo(all[Math.max(here - 1, 0)]);
    else if (key === 'f') goTo(all.find((call, at) => at > here && isFailed(call)) ?? all.find(isFailed));
    else if (key === 'o' && here >= 0) details(all[here]).open = !details(all[here]).open;
    else return;
    event.preventDefault();
  }
})();
`;
