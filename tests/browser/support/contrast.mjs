// WCAG 2 contrast of the text that a page shows: 4.5 to 1, and 3 to 1 for large text.
import assert from "node:assert/strict";

/** Fails, naming each, where a text of the page stands out too little from what is behind it. */
export async function assertReadable(page) {
  const texts = await page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() === "" || !element.checkVisibility()) continue;
      let behind = element;
      while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
      const { color, fontSize, fontWeight } = getComputedStyle(element);
      const size = Number.parseFloat(fontSize);
      found.push({
        text: walker.currentNode.data.trim().slice(0, 40),
        color,
        background: getComputedStyle(behind ?? document.body).backgroundColor,
        large: size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700),
      });
    }
    return found;
  });
  assert.ok(texts.length > 10, "the page shows no text");
  const poor = texts.filter(({ color, background, large }) => contrast(color, background) < (large ? 3 : 4.5));
  assert.deepEqual(poor, []);
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color) {
  const [, red, green, blue] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color).map(Number);
  const linear = (octet) => (octet / 255 <= 0.04045 ? octet / 255 / 12.92 : ((octet / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
