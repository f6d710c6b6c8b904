// What is wrong with the page that is shown: a list of sentences, empty where nothing
// is.  Letters are measured where they are drawn, line by line; what is hidden from
// the eye on purpose (clip-path) is left out.
(async () => {
  const faults = [];
  for (const image of document.images) {
    await image.decode().catch(() => faults.push("a picture does not come"));
  }
  const page = document.documentElement.clientWidth;
  const short = (text) => JSON.stringify(text.trim().slice(0, 40));
  const boxes = [];

  const hidden = (node) => {
    for (let at = node; at && at !== document; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.clipPath !== "none" || style.display === "none") return true;
      if (style.visibility === "hidden") return true;
    }
    return false;
  };
  // The box that must hold a text: the nearest ancestor that makes one.
  const holder = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const display = getComputedStyle(at).display;
      if (at instanceof SVGSVGElement) return at;
      if (!(at instanceof SVGElement) && !/^(inline|contents)$/.test(display)) return at;
    }
    return document.body;
  };
  const scrolls = (node) => {
    for (let at = node; at; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || /^(style|title|desc)$/i.test(parent.tagName)) continue;
    if (hidden(parent)) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    const scale = parent instanceof SVGElement ? parent.getScreenCTM().a : 1;
    const range = document.createRange();
    range.selectNodeContents(node);
    const within = holder(parent).getBoundingClientRect();
    for (const rect of range.getClientRects()) {
      if (rect.width < 0.5) continue;
      // The letters themselves, without the room that a font keeps around them.
      const middle = (rect.top + rect.bottom) / 2;
      const half = (size * scale) / 2;
      const box = {
        left: rect.left, right: rect.right, top: middle - half, bottom: middle + half,
        text: node.data, parent,
      };
      boxes.push(box);
      if (!scrolls(parent) && (rect.left < -0.5 || rect.right > page + 0.5)) {
        faults.push(`outside the page: ${short(node.data)}`);
      }
      if (
        rect.left < within.left - 1 || rect.right > within.right + 1 ||
        box.top < within.top - 1 || box.bottom > within.bottom + 1
      ) {
        faults.push(`overflows its box: ${short(node.data)}`);
      }
      if (/amount|sum/.test(parent.getAttribute("class") || "")) {
        const bars = parent.closest("g").querySelectorAll(":scope > rect");
        const held = [...bars].map((bar) => bar.getBoundingClientRect());
        if (!held.some((bar) => bar.left <= rect.left && rect.right <= bar.right)) {
          faults.push(`wider than its bar: ${short(node.data)}`);
        }
      }
    }
  }
  if (!boxes.length) faults.push("nothing is shown");
  for (const svg of document.querySelectorAll("svg")) {
    const held = svg.getBoundingClientRect();
    for (const shape of svg.querySelectorAll("rect, circle, line, polyline")) {
      if (shape.closest("defs")) continue;
      const box = shape.getBoundingClientRect();
      if (
        box.left < held.left - 1 || box.right > held.right + 1 ||
        box.top < held.top - 1 || box.bottom > held.bottom + 1
      ) {
        faults.push(`a ${shape.tagName} is drawn outside its picture`);
      }
    }
  }
  if (document.documentElement.scrollWidth > page + 1) {
    faults.push(`the page is ${document.documentElement.scrollWidth} wide, not ${page}`);
  }

  boxes.sort((a, b) => a.top - b.top);
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length && boxes[j].top < boxes[i].bottom; j++) {
      const [a, b] = [boxes[i], boxes[j]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const least = 0.2 * Math.min(a.bottom - a.top, b.bottom - b.top);
      if (across > 1 && down > least) {
        faults.push(`${short(a.text)} and ${short(b.text)} lie on each other`);
      }
    }
  }

  // Contrast of words in HTML against the nearest ground that is painted (WCAG 1.4.3).
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const numbers = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const light = (color) => {
    const [r, g, b] = numbers(color);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  // What the browser itself paints behind a page, which may be dark.
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.backgroundColor = "Canvas";
  const canvas = getComputedStyle(probe).backgroundColor;
  probe.remove();
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      const parts = numbers(color);
      if (parts.length === 3 || parts[3] > 0.99) return color;
    }
    return canvas;
  };
  const seen = new Set();
  for (const { parent, text } of boxes) {
    if (seen.has(parent) || parent instanceof SVGElement) continue;
    seen.add(parent);
    const [a, b] = [light(getComputedStyle(parent).color), light(ground(parent))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${short(text)}`);
  }
  return [...new Set(faults)];
})()
