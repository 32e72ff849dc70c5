// Lays JSON out for reading without changing a character of what was sent: numbers keep all their
// digits, names that stand twice stand twice.

/** The text with line breaks and indents; null when it is no JSON. */
export function pretty(source) {
  try {
    JSON.parse(source);
  } catch {
    return null;
  }
  const out = [];
  let depth = 0;
  let i = 0;
  const line = () => out.push('\n' + '  '.repeat(Math.min(depth, 100)));
  while (i < source.length) {
    const c = source[i];
    if (c === '"') {
      let end = i + 1;
      while (source[end] !== '"') end += source[end] === '\\' ? 2 : 1;
      out.push(source.slice(i, end + 1));
      i = end + 1;
    } else if (c === '{' || c === '[') {
      let next = i + 1;
      while (/\s/.test(source[next])) next++;
      if (source[next] === '}' || source[next] === ']') {
        out.push(c + source[next]);
        i = next + 1;
      } else {
        out.push(c);
        depth++;
        line();
        i++;
      }
    } else if (c === '}' || c === ']') {
      depth--;
      line();
      out.push(c);
      i++;
    } else if (c === ',') {
      out.push(c);
      line();
      i++;
    } else if (c === ':') {
      out.push(': ');
      i++;
    } else if (/\s/.test(c)) {
      i++;
    } else {
      let end = i;
      while (end < source.length && !/[\s,\]}]/.test(source[end])) end++;
      out.push(source.slice(i, end));
      i = end;
    }
  }
  return out.join('');
}

/** Bytes as people read them: sixteen a line, in hexadecimal and, where they are, as letters. */
export function hex(bytes, most) {
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, most); at += 16) {
    const row = [...bytes.subarray(at, Math.min(at + 16, bytes.length))];
    lines.push(at.toString(16).padStart(8, '0') + '  '
      + row.map(b => b.toString(16).padStart(2, '0')).join(' ').padEnd(47) + '  '
      + row.map(b => b > 31 && b < 127 ? String.fromCharCode(b) : '·').join(''));
  }
  return lines.join('\n');
}

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), c => c.charCodeAt(0));
}
