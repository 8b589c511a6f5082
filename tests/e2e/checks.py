"""What axe does not look at, by item of KWCAG 2.2 (`docs/accessibility.md` names each)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_STATIC = """
() => {
  const found = [];
  const say = (what, node) => found.push(`${what}: ${node ? node.outerHTML.slice(0, 120) : ''}`);
  const seen = {};
  document.querySelectorAll('[id]').forEach(e => { seen[e.id] = (seen[e.id] || 0) + 1; });
  Object.entries(seen).filter(x => x[1] > 1).forEach(x => found.push(`duplicate id ${x[0]}`));
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption?.textContent.trim()) say('table without a caption', table);
    for (const th of table.querySelectorAll('th')) if (!th.scope) say('th without a scope', th);
    if (!table.querySelector('th')) say('table without headings', table);
  }
  const shown = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0; };
  const controls = 'a[href],button,input:not([type=hidden]),select,textarea,summary';
  for (const e of document.querySelectorAll(controls)) {
    if (!shown(e) || e.closest('#krds-skip-link')) continue;
    const label = e.labels?.[0];
    const boxes = [e, label].filter(Boolean).map(x => x.getBoundingClientRect());
    const width = Math.max(...boxes.map(b => b.width));
    const height = Math.max(...boxes.map(b => b.height));
    if (Math.hypot(width, height) < 22.7) say('control under 6 mm', e);
  }
  for (const e of document.querySelectorAll('[accesskey]')) say('single-key shortcut', e);
  for (const e of document.querySelectorAll('[tabindex]'))
    if (e.tabIndex > 0) say('tabindex above 0', e);
  for (const e of document.querySelectorAll('[onmousedown],[onkeydown],[onclick],[style]'))
    if (!e.closest('[data-chart]')) say('inline handler or style', e);
  for (const e of document.querySelectorAll('marquee,blink,audio[autoplay],video[autoplay]'))
    say('moves or sounds by itself', e);
  for (const e of document.querySelectorAll('input[type=password],[autocomplete=one-time-code]'))
    if (e.hasAttribute('onpaste') || e.readOnly) say('no pasting', e);
  for (const e of document.querySelectorAll('a[target=_blank]'))
    if (!/새 창|new window/.test(e.textContent + (e.title || e.getAttribute('aria-label') || '')))
      say('opens a window without saying so', e);
  for (const e of document.querySelectorAll('a[href^="#"]')) {
    const to = decodeURIComponent(e.getAttribute('href').slice(1));
    if (!to || !document.getElementById(to)) say('leads nowhere', e);
  }
  const box = document.querySelector('[data-focus]');
  if (box && !box.contains(document.activeElement)
    && !document.querySelector('dialog[open], [data-walked]')) say('errors without the focus', box);
  for (const a of document.getAnimations())
    if (a.effect?.getComputedTiming().iterations === Infinity)
      say('moves without an end', a.effect.target);
  if (document.querySelector('.c-util')) {
    const help = document.querySelector('.c-util > li > a[href$="/help"]');
    if (!help) found.push('no help where it stands on other pages');
  }
  const headings = [...document.querySelectorAll('h1')].filter(shown);
  if (headings.length !== 1) found.push(`${headings.length} first headings`);
  return found;
}
"""
_OVERFLOW = """
() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
      && !e.closest('.krds-table-wrap, .sr-only, caption, svg'))
    .slice(0, 6)
    .map(e => `wider than the window: ${e.tagName}.${e.className}`)
    .concat(`page is ${document.documentElement.scrollWidth} wide`)
"""
_FOCUSED = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const ring = s => s && ((s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
    || s.boxShadow !== 'none');
  const label = e.labels?.[0];
  const styles = [getComputedStyle(e), label && getComputedStyle(label),
    label && getComputedStyle(label, '::before')];
  const box = (label && e.getBoundingClientRect().width < 2 ? label : e).getBoundingClientRect();
  const skip = !!e.closest('#krds-skip-link');
  e.dataset.walked = e.dataset.walked ? 'again' : 'once';
  return {
    html: e.outerHTML.slice(0, 120), ring: skip || styles.some(ring),
    shown: box.width > 0 && box.height > 0, again: e.dataset.walked === 'again',
  };
}
"""
#: What is too wide so many times is too wide.
LOOKS = 10
#: More stops than any page has; a walk that does not end is a trap.
STOPS = 260


def problems(page: Page, lang: str = "ko") -> list[str]:
    """Names, structure and size: everything that can be seen without touching a key."""
    found: list[str] = list(page.evaluate(_STATIC))
    title = page.title()
    if " | " not in title or not title.split(" | ")[0].strip():
        found.append(f"title {title!r}")
    if page.get_attribute("html", "lang") != lang:
        found.append("language of the page")
    return found


def overflow(page: Page) -> list[str]:
    """What does not fit at 320 px, the width of a page at 400 % (WCAG 1.4.10)."""
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    found: list[str] = []
    for _ in range(LOOKS):
        found = list(page.evaluate(_OVERFLOW))
        if not found:
            break
        # A chart follows the window a frame later.
        page.wait_for_timeout(100)
    if size is not None:
        page.set_viewport_size(size)
    return found


def walk(page: Page) -> list[str]:
    """Tab through the whole page: every stop visible, with a ring, and an end in sight."""
    found: list[str] = []
    page.evaluate("document.activeElement?.blur()")
    for stop in range(STOPS):
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(_FOCUSED)
        if at is None or at["again"]:
            return found if stop > 0 else [*found, "nothing takes the focus"]
        if not at["ring"]:
            found.append(f"no ring: {at['html']}")
        if not at["shown"]:
            found.append(f"focus on nothing: {at['html']}")
    return [*found, f"the walk does not end after {STOPS} stops"]
