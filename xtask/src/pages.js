// Measures a page of a paper and leaves what is wrong with it, a line each.
const wrong = [];
const paper = document.querySelector("main");
const room = paper.getBoundingClientRect();
if (document.documentElement.scrollWidth > window.innerWidth) {
  wrong.push(`it is ${document.documentElement.scrollWidth} wide on a screen of ${window.innerWidth}`);
}
for (const part of paper.querySelectorAll("*")) {
  const { left, right, width, height } = part.getBoundingClientRect();
  const what = `${part.tagName.toLowerCase()} ${part.textContent.slice(0, 40)}`;
  if (left < room.left - 0.5 || right > room.right + 0.5) {
    wrong.push(`it stands out of the paper: ${what}`);
  }
  if (getComputedStyle(part).display !== "inline" && part.scrollWidth > part.clientWidth + 1) {
    wrong.push(`it is wider than its place: ${what}`);
  }
  if (part.tagName === "svg" && (width < 60 || height < 20)) {
    wrong.push(`a code of ${width}x${height} cannot be read`);
  }
}
// A code says on screen what it holds when it is pointed at; as text it stands on lines of its own.
for (const code of paper.querySelectorAll("figure[title]")) {
  code.append(code.title);
}
const seen = paper.innerText.replace(/\s+/g, "");
let at = 0;
for (const word of document.getElementById("wanted").content.textContent.split(/\s+/)) {
  if (/^[-=*]*$/.test(word)) {
    continue;
  }
  const found = seen.indexOf(word, at);
  if (found < 0) {
    wrong.push(`it is not there, or not in its place: ${word}`);
  } else {
    at = found + word.length;
  }
}
const told = document.createElement("pre");
told.id = "measured";
told.textContent = wrong.join("\n");
document.body.replaceChildren(told);
