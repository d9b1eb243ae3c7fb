import axe from "axe-core";
import type { Page } from "playwright-core";

/** The minimum contrast of text by WCAG 2.2 AA. */
const LEAST_CONTRAST = 4.5;

/** How many pixels the page is wider than its window. */
export function measureOverflow(page: Page): Promise<number> {
  return page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  ) as Promise<number>;
}

/**
 * How far what is seen has moved by itself since the page began, as Layout Instability has it
 * (https://wicg.github.io/layout-instability/).
 */
export function measureLayoutShift(page: Page): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
    }).observe({ type: "layout-shift", buffered: true });
    // Shifts so far are reported after the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 50)));
  })`) as Promise<number>;
}

/** Elements that extend beyond the window's right edge, innermost first, to find the cause of an overflow. */
export function listTooWide(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const edge = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > edge);
    return wide.reverse().slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
  })()`) as Promise<string[]>;
}

/** Visible texts whose contrast with their background is too low. Runs in the page. */
export function listPaleTexts(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const read = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    // The default background: white, or near black if the page supports dark mode.
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = "Canvas";
    const canvas = read(getComputedStyle(probe).color);
    probe.remove();
    const groundOf = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const color = read(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return canvas;
    };
    const pale = [];
    for (const element of document.querySelectorAll("body *")) {
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
      if (!hasText || !element.checkVisibility() || element.closest(".vh, .skip, title")) continue;
      const style = getComputedStyle(element);
      const [a, b] = [light(read(element.closest("svg") ? style.fill : style.color)), light(groundOf(element))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < ${LEAST_CONTRAST}) pale.push(element.textContent.trim().slice(0, 40) + " " + contrast.toFixed(2));
    }
    return pale;
  })()`) as Promise<string[]>;
}

/** What axe finds wrong with a page, with the elements. */
export async function listViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const run = page.evaluate("axe.run(document, { resultTypes: ['violations'] })") as Promise<axe.AxeResults>;
  return (await run).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
