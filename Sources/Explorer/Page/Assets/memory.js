// The memory plan: time from left to right, addresses from top to bottom, a rectangle for each value.
const memoryCamera = { from: 0, to: 1, low: 0, high: 1 };
let memoryView = null, hoveredBlock = null;
const memoryMargin = { left: 64, right: 14, top: 14, bottom: 30 };

function fitMemory() {
  const memory = state.graph.memory;
  if (memory) Object.assign(memoryCamera, { from: 0, to: memory.end + 1, low: 0, high: memory.bytes });
}

const memoryX = (time) => memoryMargin.left + ((time - memoryCamera.from) / (memoryCamera.to - memoryCamera.from)) * (memoryView.width - memoryMargin.left - memoryMargin.right);
const memoryY = (byte) => memoryMargin.top + ((byte - memoryCamera.low) / (memoryCamera.high - memoryCamera.low)) * (memoryView.height - memoryMargin.top - memoryMargin.bottom);
const blockBox = (block) => {
  const [x, y] = [memoryX(block.from), memoryY(block.offset)];
  return { x, y, w: Math.max(0.75, memoryX(block.to + 1) - x), h: Math.max(0.75, memoryY(block.offset + block.bytes) - y) };
};

function drawMemory({ pen, width, height }) {
  const memory = state.graph.memory;
  pen.font = `12px ${palette.sans}`;
  pen.textBaseline = "middle";
  if (!memory || memory.bytes === 0) {
    pen.fillStyle = palette.quiet;
    pen.fillText("This stage has no memory plan: the optimized graphs have one.", 20, 30);
    return;
  }
  pen.save();
  pen.beginPath();
  pen.rect(memoryMargin.left, memoryMargin.top, width - memoryMargin.left - memoryMargin.right, height - memoryMargin.top - memoryMargin.bottom);
  pen.fillStyle = palette.card;
  pen.fill();
  pen.clip();
  for (const block of memory.blocks) drawBlock(pen, block);
  drawPeak(pen, memory, height);
  pen.restore();
  drawMemoryAxes(pen, memory, width, height);
}

function drawBlock(pen, block) {
  const box = blockBox(block);
  if (box.x > memoryView.width || box.y > memoryView.height || box.x + box.w < 0 || box.y + box.h < 0) return;
  const lit = !state.lit || state.lit.has(block.node);
  pen.globalAlpha = lit ? (block.scratch ? 0.35 : 0.62) : 0.26;
  pen.fillStyle = block.scratch ? palette.faint : state.color === "order" || state.color === "flop" ? orderColor(block.node.order) : palette.hot;
  if (!block.scratch && state.color !== "order" && state.color !== "flop") pen.globalAlpha = (lit ? 1 : 0.2) * (0.12 + 0.75 * heat(block.node, "node"));
  pen.fillRect(box.x, box.y, box.w, box.h);
  pen.globalAlpha = 1;
  const chosen = block === hoveredBlock || (state.selection && state.selection.node === block.node);
  if (chosen || (box.h > 3 && box.w > 3)) {
    pen.strokeStyle = chosen ? palette.pick : palette.card;
    pen.lineWidth = chosen ? 2 : 0.8;
    pen.strokeRect(box.x, box.y, box.w, box.h);
  }
  if (box.h > 15 && box.w > 46) {
    pen.fillStyle = palette.ink;
    pen.globalAlpha = lit ? 1 : 0.4;
    pen.font = `11px ${palette.sans}`;
    const name = block.node.op === "input" ? block.node.text : `%${block.node.id} ${block.node.layer}`;
    pen.fillText(fitText(pen, block.scratch ? "scratch" : name, box.w - 8), box.x + 4, box.y + Math.min(box.h / 2, 12));
    pen.globalAlpha = 1;
  }
}

function drawPeak(pen, memory, height) {
  const [x, wide] = [memoryX(memory.peak.time), Math.max(3, memoryX(memory.peak.time + 1) - memoryX(memory.peak.time))];
  pen.fillStyle = palette.pick;
  pen.globalAlpha = 0.16;
  pen.fillRect(x, memoryMargin.top, wide, height);
  pen.globalAlpha = 1;
  pen.font = `600 11.5px ${palette.sans}`;
  const text = `peak: ${byteText(memory.peak.bytes)}`, room = pen.measureText(text).width + 8;
  const left = x + wide + room < memoryView.width ? x + wide + 4 : x - room;
  pen.fillStyle = palette.card;
  pen.fillRect(left - 3, memoryMargin.top + 2, room + 2, 18);
  pen.fillStyle = palette.ink;
  pen.fillText(text, left, memoryMargin.top + 11);
}

function drawMemoryAxes(pen, memory, width, height) {
  pen.font = `11px ${palette.sans}`;
  pen.fillStyle = palette.quiet;
  pen.textAlign = "right";
  for (let part = 0; part <= 4; part += 1) {
    const byte = memoryCamera.low + ((memoryCamera.high - memoryCamera.low) * part) / 4;
    pen.fillText(byteText(byte), memoryMargin.left - 8, Math.min(height - memoryMargin.bottom, memoryY(byte)));
  }
  pen.textAlign = "left";
  pen.fillText("address", 10, height - 12);
  pen.textAlign = "right";
  pen.fillText(`time: ${countText(memory.steps.length, "step")}`, width - memoryMargin.right, height - 12);
  pen.textAlign = "left";
}

const blockAt = (x, y) => {
  if (!state.graph.memory) return null;
  return state.graph.memory.blocks.filter((block) => {
    const box = blockBox(block);
    return x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
  }).sort((a, b) => a.bytes - b.bytes)[0] || null;
};

// What is in the arena at a time, largest first.
const heldAt = (memory, time) => memory.blocks.filter((block) => block.from <= time && time <= block.to)
  .sort((a, b) => b.bytes - a.bytes);
