// The page works without this. It adds keys: 1 to 9 open a page, j and k move through a table's links.
const pages = [...document.querySelectorAll("header nav:first-of-type a")];

function typing(event) {
  return event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
}

function step(by) {
  const links = [...document.querySelectorAll("tbody th a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + by))].focus();
}

addEventListener("keydown", (event) => {
  if (typing(event)) return;
  const page = pages[Number(event.key) - 1];
  if (page) location.assign(page.href);
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
});
