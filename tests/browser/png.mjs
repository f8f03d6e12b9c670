// Makes a PNG of a screen smaller, with the same pixels but no transparency: Chromium writes them for speed.
import {crc32, deflateSync, inflateSync} from 'node:zlib';

// Bytes of the image without filters, `size` bytes a pixel.
function unfilter(data, width, height, size) {
  const stride = width * size, out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; ++y) {
    const filter = data[y * (stride + 1)];
    for (let x = 0; x < stride; ++x) {
      const at = y * stride + x;
      const a = x >= size ? out[at - size] : 0, b = y ? out[at - stride] : 0, c = x >= size && y ? out[at - stride - size] : 0;
      const [da, db, dc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      const guess = [0, a, b, (a + b) >> 1, da <= db && da <= dc ? a : db <= dc ? b : c][filter];
      out[at] = data[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return out;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]), frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

const table = Array.from({length: 256}, (_, n) => { for (let k = 0; k < 8; ++k) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1; return n >>> 0; });
const crc = crc32 ?? ((data) => (data.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0);

export function shrink(png) {
  const parts = [];
  let head;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at), type = png.toString('latin1', at + 4, at + 8), data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') head = Buffer.from(data);
    if (type === 'IDAT') parts.push(data);
    at += length + 12;
  }
  const width = head.readUInt32BE(0), height = head.readUInt32BE(4), size = head[9] === 6 ? 4 : 3;
  const pixels = unfilter(inflateSync(Buffer.concat(parts)), width, height, size);
  const colours = new Map(), indexes = Buffer.alloc((width + 1) * height), plain = Buffer.alloc((3 * width + 1) * height);
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < width; ++x) {
      const at = (y * width + x) * size, colour = pixels.readUIntBE(at, 3);
      if (!colours.has(colour)) colours.set(colour, colours.size);
      indexes[y * (width + 1) + 1 + x] = colours.get(colour);
      plain.writeUIntBE(colour, y * (3 * width + 1) + 1 + 3 * x, 3);
    }
  const few = colours.size <= 256;
  head[9] = few ? 3 : 2;
  const palette = Buffer.alloc(3 * colours.size);
  [...colours.keys()].forEach((colour, i) => palette.writeUIntBE(colour, 3 * i, 3));
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', head), ...(few ? [chunk('PLTE', palette)] : []),
    chunk('IDAT', deflateSync(few ? indexes : plain, {level: 9, memLevel: 9})), chunk('IEND', Buffer.alloc(0))]);
}
