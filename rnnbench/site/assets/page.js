// Tables that sort, filter and turn pages, and pictures that are drawn when they come into sight.
// Texts become textContent alone, never markup.
"use strict";
{
  const ROWS_PER_PAGE = 50;
  // Tables of so few rows need no filter, but where they are what a page is about.
  const FEW = 8;
  // More sections than these are unfolded when they come into sight.
  const MANY = 60;
  // Letters of a text from which on it is broken into lines.
  const LONG = 40;

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ---- Rows: of a table that is there, or of data; a value sorts, a text is shown and sought.

  const rowsOfTable = (table) =>
    [...table.tBodies[0].rows].map((element) => {
      const cells = [...element.cells];
      return {
        values: cells.map((cell) => valueOf(cell.dataset.value, cell.textContent.trim())),
        texts: cells.map((cell) => cell.textContent.trim()),
        element,
      };
    });

  const valueOf = (figure, text) => {
    if (figure === undefined) return text;
    return figure === "" ? null : Number(figure);
  };

  const rowsOfData = (data) =>
    data.rows.map(([page, ...cells]) => ({
      values: cells.map((cell) => (Array.isArray(cell) ? cell[1] : cell)),
      texts: cells.map((cell) => (Array.isArray(cell) ? cell[0] : cell)),
      href: data.link.replace("*", page),
    }));

  const elementOf = (row, columns) => {
    row.element ??= make("tr", {}, ...columns.map((column, place) => cellOf(row, column, place)));
    return row.element;
  };

  const cellOf = (row, column, place) => {
    const textContent = row.texts[place];
    if (place === 0) {
      const ariaLabel = row.texts.slice(0, 3).join(" ");
      return make("th", { scope: "row" }, make("a", { href: row.href, textContent, ariaLabel }));
    }
    const className = column.number ? "number" : textContent.length > LONG ? "wrap" : "";
    return make("td", { textContent, className });
  };

  // What is unknown comes last, whichever way round.
  const compare = (direction) => (one, other) => {
    if (one === other) return 0;
    if (one === null || one === "") return 1;
    if (other === null || other === "") return -1;
    if (typeof one === "number" && typeof other === "number") return direction * (one - other);
    if (typeof one === "number") return -1;
    if (typeof other === "number") return 1;
    return direction * COLLATOR.compare(one, other);
  };
  const COLLATOR = new Intl.Collator("en", { numeric: true });

  const enhance = (box) => {
    const table = box.querySelector("table");
    const source = box.querySelector("script[type='application/json']");
    const data = source && JSON.parse(source.textContent);
    const heads = [...table.tHead.rows].at(-1).cells;
    const columns = data ? data.columns : [...heads].map((head) => ({ key: head.dataset.key }));
    const rows = data ? rowsOfData(data) : rowsOfTable(table);
    for (const row of rows) row.sought = row.texts.join("\n").toLowerCase();
    const keepsState = "state" in box.dataset;
    const state = { sort: "", down: false, filter: "", page: 0, only: {} };
    const status = make("output", { ariaLive: "polite" });
    const tools = make("div", { className: "tools" });
    const keys = columns.map((column) => column.key);

    const shownRows = () => {
      const wanted = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
      const only = Object.entries(state.only).map(([key, text]) => [keys.indexOf(key), text]);
      const found = rows.filter(
        (row) =>
          wanted.every((word) => row.sought.includes(word)) &&
          only.every(([place, text]) => place < 0 || row.texts[place] === text),
      );
      const place = keys.indexOf(state.sort);
      if (place < 0) return found;
      const order = compare(state.down ? -1 : 1);
      return found.sort((one, other) => order(one.values[place], other.values[place]));
    };

    const draw = () => {
      const found = shownRows();
      const pages = Math.max(1, Math.ceil(found.length / perPage));
      state.page = Math.min(state.page, pages - 1);
      const first = state.page * perPage;
      const shown = found.slice(first, first + perPage);
      table.tBodies[0].replaceChildren(...shown.map((row) => elementOf(row, columns)));
      const range = pages > 1 ? `${first + 1}–${first + shown.length} of ` : "";
      const all = found.length < rows.length ? ` found among ${rows.length.toLocaleString("en")}` : found.length === 1 ? " row" : " rows";
      status.textContent = `${range}${found.length.toLocaleString("en")}${all}`;
      previous.disabled = state.page === 0;
      next.disabled = state.page === pages - 1;
      for (const [place, head] of [...heads].entries()) {
        const direction = state.down ? "descending" : "ascending";
        head.ariaSort = keys[place] === state.sort ? direction : "none";
      }
      for (const [key, select] of Object.entries(selects)) select.value = state.only[key] ?? "";
      if (field.value !== state.filter) field.value = state.filter;
    };

    const perPage = data ? ROWS_PER_PAGE : rows.length || 1;
    const change = (what) => {
      Object.assign(state, { page: 0 }, what);
      draw();
      if (keepsState) history.replaceState(null, "", address(state));
    };

    const field = make("input", { type: "search", oninput: () => change({ filter: field.value }) });
    const previous = make("button", { type: "button", textContent: "previous", onclick: () => change({ page: state.page - 1 }) });
    const next = make("button", { type: "button", textContent: "next", onclick: () => change({ page: state.page + 1 }) });
    const selects = {};
    for (const [place, column] of columns.entries()) {
      if (!column.facet) continue;
      const texts = [...new Set(rows.map((row) => row.texts[place]))].sort(COLLATOR.compare);
      const options = texts.map((text) => make("option", { value: text, textContent: text }));
      const choose = () => {
        const { [column.key]: _, ...others } = state.only;
        change({ only: select.value === "" ? others : { ...others, [column.key]: select.value } });
      };
      const select = make("select", { onchange: choose, ariaLabel: column.title }, make("option", { value: "", textContent: "all" }), ...options);
      selects[column.key] = select;
      tools.append(make("label", {}, column.title, select));
    }
    tools.append(make("label", {}, "filter", field), status);
    if (rows.length > perPage) tools.append(previous, next);
    if (keepsState || rows.length > FEW) box.prepend(tools);

    for (const [place, head] of [...heads].entries()) {
      const small = head.querySelector("small");
      const text = [...head.childNodes].filter((node) => node !== small).map((node) => node.textContent).join("").trim();
      const key = keys[place];
      const turn = () => change({ sort: key, down: state.sort === key && !state.down });
      const button = make("button", { type: "button", textContent: text || "row", onclick: turn });
      head.replaceChildren(button, ...(small ? [small] : []));
    }

    const read = () => {
      Object.assign(state, stateOf(location.hash, keys));
      draw();
    };
    if (keepsState) {
      addEventListener("hashchange", read);
      read();
    } else draw();
  };

  // ---- Permalinks: what is sorted and filtered stands in the address.

  const address = (state) => {
    const words = new URLSearchParams();
    if (state.sort) words.set("sort", (state.down ? "-" : "") + state.sort);
    if (state.filter) words.set("filter", state.filter);
    if (state.page) words.set("page", state.page + 1);
    for (const [key, text] of Object.entries(state.only)) words.set(`only.${key}`, text);
    return `#${words}`;
  };

  const stateOf = (hash, keys) => {
    const words = new URLSearchParams(hash.slice(1));
    const sort = words.get("sort") ?? "";
    const only = [...words].filter(([key]) => key.startsWith("only.") && keys.includes(key.slice(5)));
    return {
      sort: sort.replace(/^-/, ""),
      down: sort.startsWith("-"),
      filter: words.get("filter") ?? "",
      page: Math.max(0, (Number(words.get("page")) || 1) - 1),
      only: Object.fromEntries(only.map(([key, text]) => [key.slice(5), text])),
    };
  };

  // ---- Pictures: with the expression interpreter, as the policy of the page forbids to make code.

  const OPTIONS = {
    ast: true,
    renderer: "svg",
    logLevel: 1, // a layer without data is no fault
    actions: false,
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  };

  const dataOf = (element) => JSON.parse(element.textContent);
  // What the descriptions of all pictures share, and the forms of those that look alike.
  const FRAME = dataOf(document.getElementById("frame"));
  const FORMS = dataOf(document.getElementById("forms"));
  const PICTURES = new WeakMap();

  const figureOf = (picture) => {
    const caption = make("figcaption", {}, picture.title);
    if (picture.note) caption.append(make("small", { textContent: picture.note }));
    const drawing = make("div", { className: "drawing", role: "img", ariaLabel: picture.words });
    const figure = make("figure", { className: "picture" }, caption, drawing);
    const notes = (picture.notes ?? []).map((textContent) => make("li", { textContent }));
    if (notes.length) figure.append(make("ul", { className: "notes" }, ...notes));
    PICTURES.set(figure, picture);
    return figure;
  };

  const drawPicture = async (figure) => {
    const { form, data } = PICTURES.get(figure);
    const drawing = figure.querySelector(".drawing");
    try {
      await vegaEmbed(drawing, { ...FRAME, ...FORMS[form], datasets: data }, OPTIONS);
      drawing.querySelector("svg").ariaHidden = "true"; // its words stand in its label
      figure.dataset.drawn = "";
    } catch (error) {
      drawing.textContent = `This picture can't be drawn: ${error.message}`;
    }
  };

  // ---- What comes into sight: sections are unfolded, and pictures are drawn.

  const onceSeen = (act) => {
    const waiting = new Set();
    const once = (target) => {
      seen.unobserve(target);
      if (waiting.delete(target)) act(target);
    };
    const seen = new IntersectionObserver(
      (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => once(entry.target)),
      { rootMargin: "400px" },
    );
    const observe = (target) => {
      waiting.add(target);
      seen.observe(target);
    };
    return { observe, all: () => [...waiting].forEach(once) };
  };
  const drawn = onceSeen(drawPicture);

  // What a section shows to those without scripts is, to those with one, a text until it is needed:
  // a page of thousands of tables would take long to be there.
  const unfold = (section) => {
    for (const folded of section.querySelectorAll("noscript.folded")) {
      const inert = new DOMParser().parseFromString(folded.textContent, "text/html");
      folded.replaceWith(...inert.body.childNodes);
    }
    section.querySelectorAll(".grid").forEach(enhance);
    for (const gallery of section.querySelectorAll(".pictures")) {
      const figures = dataOf(gallery.querySelector("script")).map(figureOf);
      gallery.replaceChildren(...figures);
      figures.forEach((figure) => drawn.observe(figure));
    }
  };

  const unfolded = onceSeen(unfold);

  // On paper nothing comes into sight, and pictures are narrow; those that are drawn follow windows.
  const onPaper = (is) => {
    document.body.classList.toggle("paper", is);
    dispatchEvent(new Event("resize"));
  };
  addEventListener("beforeprint", () => {
    onPaper(true);
    unfolded.all();
    drawn.all();
  });
  addEventListener("afterprint", () => onPaper(false));

  const begin = () => {
    const folded = document.querySelectorAll("section.folded");
    if (folded.length <= MANY) return unfold(document);
    folded.forEach((section) => unfolded.observe(section));
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();
}
