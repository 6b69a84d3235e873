// Building elements. Text goes in as text nodes only, so that nothing a message says can become markup.
const SVG = 'http://www.w3.org/2000/svg';
const WEB = /\bhttps?:\/\/[^\s<>"]+/g;

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(path) {
  const picture = document.createElementNS(SVG, 'svg');
  const line = document.createElementNS(SVG, 'path');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  picture.append(line);
  return picture;
}

export const ICONS = {
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M4.5 12h14M12.5 5.5L19 12l-6.5 6.5',
  down: 'M12 5v14M6 13l6 6 6-6',
  page: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 16h5',
  mic: 'M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v3.5',
  photo: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6',
  file: 'M8 12.5l5.5-5.5a3 3 0 0 1 4.2 4.2L10 19a5 5 0 0 1-7-7l7.5-7.5',
};

// Only addresses of the web: a link in a message never runs anything.
export function webAddress(text, base) {
  try {
    const url = new URL(text, `${base}/`);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function link(address, label, hint) {
  const spoken = hint && h('span', { class: 'vh' }, ` (${hint})`);
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, label, spoken);
}

// A text with its web addresses made into links; the full stop after an address is not part of it.
export function linked(text, hint) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(WEB)) {
    const address = match[0].replace(/[.,;:!?)\]}'»”]+$/, '');
    parts.push(text.slice(from, match.index), link(address, address, hint));
    from = match.index + address.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== '');
}
