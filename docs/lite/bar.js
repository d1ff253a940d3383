// A bar above JupyterLab in the browser: the course's version, fresh copies of notebooks that the reader's
// browser keeps, and a sentence when the server with NumPy does not answer.
// Loaded by each page of the site that runs; scripts/site/lite_site.py sets `data-version`, and where they
// apply `data-probe`, a package on another server, and `data-routes`, the page of the other routes.
(() => {
  "use strict";
  const here = document.currentScript.dataset;
  const root = new URL("..", document.currentScript.src);
  const FOLDERS = ["notebooks", "notebooks/solutions"];

  const make = (tag, properties = {}, ...inside) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  };
  const button = make("button", { type: "button", textContent: "Fresh copies", disabled: true });
  const alarm = make("p", { className: "course-alarm" });
  alarm.setAttribute("role", "alert");
  const bar = make("aside", { className: "course-bar", ariaLabel: "About this page" },
    make("span", { textContent: `Course, version ${here.version}` }), button, alarm);
  const list = make("div");
  const ask = make("button", { type: "button", textContent: "Put the site's in place" });
  const close = make("button", { type: "button", textContent: "Close", onclick: () => dialog.close() });
  const dialog = make("dialog", { className: "course-copies", ariaLabel: "Fresh copies" },
    make("h2", { textContent: "Fresh copies" }), list, ask, close);

  // --- whether the packages that are not here can be had ---

  async function probe() {
    const host = new URL(here.probe).host;
    try {
      const answer = await fetch(here.probe, { signal: AbortSignal.timeout(20_000) });
      answer.body?.cancel();
      if (answer.ok) return;
    } catch { /* no answer: said below */ }
    alarm.append(`NumPy can't be loaded: ${host}, where this page gets it, does not answer. Without it no `
      + "lesson runs here. Perhaps this network is cut off, or blocks that server. Reload the page on a network "
      + "that lets it through. Until then the lessons can be read here, with their saved pictures. ");
    if (here.routes) alarm.append(make("a", { href: here.routes, textContent: "Other ways to run the course" }));
  }

  // --- fresh copies ---

  const site = async path => (await fetch(new URL(path, root), { cache: "no-cache" })).json();
  const contents = () => window.jupyterapp.serviceManager.contents;
  const text = notebook => JSON.stringify(notebook.cells.map(cell => [cell.cell_type, [cell.source].flat().join("")]));

  // The notebooks whose cells, apart from their results, are not those of the site. Only what was saved in
  // this browser has another date than the site's list gives, so nothing else is loaded.
  async function differing() {
    const found = [];
    for (const folder of FOLDERS) {
      const dates = new Map((await site(`api/contents/${folder}/all.json`)).content.map(f => [f.path, f.last_modified]));
      for (const { path, last_modified } of (await contents().get(folder, { content: true })).content) {
        if (!path.endsWith(".ipynb") || !dates.has(path) || dates.get(path) === last_modified) continue;
        const mine = (await contents().get(path, { content: true })).content;
        if (text(mine) !== text(await site(`files/${path}`))) found.push(path);
      }
    }
    return found.sort();
  }

  // The reader's own goes under a name with the date, as `restore_notebook` names it; then the site's shows again.
  // An open notebook keeps what was not saved yet: its tab goes with the reader's own.
  async function freshen(path) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const taken = new Set((await contents().get(folder, { content: true })).content.map(file => file.path));
    const now = new Date(Date.now() - 60_000 * new Date().getTimezoneOffset()).toISOString();
    const stem = path.replace(".ipynb", `.mine-${now.slice(0, 10)}-${now.slice(11, 16).replace(":", "")}`);
    let kept = `${stem}.ipynb`;
    for (let number = 2; taken.has(kept); number++) kept = `${stem}-${number}.ipynb`;
    await contents().rename(path, kept);
    return kept;
  }

  async function show() {
    const paths = await differing();
    button.textContent = paths.length ? `Fresh copies (${paths.length})` : "Fresh copies";
    ask.hidden = !paths.length;
    list.replaceChildren(make("p", { textContent: paths.length
      ? "This browser keeps your copies of these notebooks, and their cells differ from the site's: you changed "
        + "them, or the site did since. Choose those to replace. Yours is kept beside it, under a name with the date."
      : "All notebooks are the site's, or differ only in their results. There is nothing to replace." }));
    for (const path of paths) {
      const box = make("input", { type: "checkbox", value: path, checked: true });
      list.append(make("label", {}, box, ` ${path.replace("notebooks/", "")}`));
    }
  }

  ask.onclick = async () => {
    const done = [];
    try {
      for (const { value: path } of [...list.querySelectorAll(":checked")]) {
        const open = [...window.jupyterapp.shell.widgets("main")].some(tab => tab.context?.path === path);
        const kept = await freshen(path);
        done.push(`${path}: the site's. Yours is now ${kept.slice(kept.lastIndexOf("/") + 1)}.`);
        if (open) await window.jupyterapp.commands.execute("docmanager:open", { path });
      }
    } catch (error) {
      done.push(`This stopped: ${error.message}. Nothing was deleted.`);
    }
    await show();
    list.prepend(...done.map(words => make("p", { textContent: words })));
  };

  button.onclick = () => show().then(() => dialog.showModal());

  async function start() {
    document.body.append(bar, dialog);
    new ResizeObserver(() => {                          // JupyterLab begins below the bar
      document.documentElement.style.setProperty("--course-bar", `${bar.offsetHeight}px`);
      window.dispatchEvent(new Event("resize"));
    }).observe(bar);
    if (here.probe) probe();
    while (!window.jupyterapp) await new Promise(done => setTimeout(done, 200));
    await window.jupyterapp.started;
    await show();
    button.disabled = false;
  }
  start();
})();
