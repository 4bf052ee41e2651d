/** The page: reads the figures when the server reports a change, and shows how old they are. */
import { makeBars } from "./bars.js";
import { byId, setFigure, setNotice } from "./dom.js";
import { ago, amount, moment, number, setClock, shorten } from "./format.js";
import { fetchJson, follow, NotYet } from "./live.js";
import { makeNeeds } from "./needs.js";
import { showRejects } from "./rejects.js";
import { makeSources } from "./sources.js";
import { texts } from "./texts.js";

/** @typedef {import("../server/api.ts").AnalysesAnswer} Analyses */
/** @typedef {import("../server/api.ts").SourcesAnswer} Sources */

/** Rows of an analysis that the page reads; of the others it shows only the number. */
const MOST_ROWS = 200;
const REJECTS = 50;
const ASK_AGAIN_MS = 2000;
/** The least time between two reads of the figures while they keep changing. */
const PAUSE_MS = 300;

document.title = texts.title;
for (const [id, text] of /** @type {const} */ ([
  ["total-title", texts.total],
  ["regions-title", texts.byRegion],
  ["products-title", texts.byProduct],
  ["sources-title", texts.sources],
  ["rejects-title", texts.rejects],
]))
  byId(id).textContent = text;

const regions = makeBars(byId("regions"), texts.region, texts.revenue);
const products = makeBars(byId("products"), texts.product, texts.quantity);
const sourceList = makeSources(byId("sources"));
const showNeeds = makeNeeds(byId("needs"));

/** @type {Analyses | undefined} */
let analyses;
/** `live`: the page shows the figures as of the last change that the server reported. */
/** @type {"connecting" | "live" | "lost"} */
let link = "connecting";
/** Identifies the database, the commit and the number of the rejects that are shown. */
let rejectsOf = "";

showLink();
showAge();
setInterval(showAge, 1000);
follow({ onLost: () => setLink("lost"), onChange: refresh });

let asking = false;
let askAgain = false;

/** Reads the figures, once at a time. A change during a read starts another read. */
async function refresh() {
  askAgain = true;
  if (asking) return;
  asking = true;
  try {
    while (askAgain) {
      askAgain = false;
      await askAll();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } catch (error) {
    if (error instanceof NotYet) showNothingYet();
    else setLink("lost");
    setTimeout(refresh, ASK_AGAIN_MS);
  } finally {
    asking = false;
    showAge();
  }
}

async function askAll() {
  const sources = /** @type {Sources} */ (await fetchJson("api/sources"));
  sourceList.show(sources);
  showNeeds(sources);
  analyses = /** @type {Analyses} */ (await fetchJson(`api/analyses?limit=${MOST_ROWS}`));
  setClock(analyses.now);
  showAnalyses(analyses);
  const of = `${analyses.demo} ${analyses.newest} ${analyses.rejects}`;
  if (of !== rejectsOf) {
    showRejects(byId("rejects"), await fetchJson(`api/rejects?limit=${REJECTS}`), (before) =>
      fetchJson(`api/rejects?limit=${REJECTS}&before=${before}`),
    );
    rejectsOf = of;
  }
  setLink("live");
}

/** @param {Analyses} a */
function showAnalyses(a) {
  /** @param {number} value */
  const money = (value) => amount(value, a.currency);
  setFigure(byId("total"), a.chiffre_affaires_total === null ? "–" : money(a.chiffre_affaires_total));
  regions.show(
    a.ventes_par_region.rows.map((r) => ({
      key: r.ville,
      label: r.ville,
      note: "",
      value: r.chiffre_affaires,
    })),
    a.ventes_par_region.count,
    money,
  );
  products.show(
    a.ventes_par_produit.rows.map((r) => ({
      key: r.id_produit,
      label: r.nom ?? r.id_produit,
      note: r.nom === null ? "" : r.id_produit,
      value: r.quantité,
    })),
    a.ventes_par_produit.count,
    number,
  );
  setNotice(byId("demo"), a.demo ? texts.demo : "");
  setNotice(byId("missed"), a.missed === 0 ? "" : texts.missed(number(a.missed)));
  setNotice(byId("waiting"), a.waiting.sales === 0 ? "" : waitingText(a.waiting));
}

/** @param {Analyses["waiting"]} waiting */
function waitingText({ sales, missing }) {
  /** @param {string} id */
  const shown = (id) => `\u2068${shorten(id, 40)}\u2069`;
  const names = missing.map(
    ({ entity, id, nearest }) =>
      `${entity === "produits" ? texts.missingProduct : texts.missingShop} ${shown(id)}` +
      (nearest === null ? "" : ` ${texts.nearest(shown(nearest))}`),
  );
  return texts.waiting(sales, number(sales)) + (names.length === 0 ? "" : texts.waitingFor(names.join(", ")));
}

function showNothingYet() {
  analyses = undefined;
  byId("total").textContent = "–";
  setNotice(byId("demo"), "");
  setLink("live");
}

/** @param {typeof link} state */
function setLink(state) {
  if (state === link) return;
  link = state;
  showLink();
  showAge();
}

function showLink() {
  const pill = byId("link");
  pill.dataset.state = link;
  pill.textContent = { connecting: texts.connecting, live: texts.live, lost: texts.lostShort }[link];
  document.body.classList.toggle("stale", link === "lost");
}

/** Updates the age of the figures every second. Screen readers do not announce it. */
function showAge() {
  const at = byId("as-of");
  const reached = analyses?.reached ?? null;
  if (analyses === undefined || reached === null) {
    at.textContent = link === "live" ? texts.noData : "";
  } else {
    const behind = analyses.newest - analyses.commit;
    at.textContent =
      texts.asOf(number(analyses.commit), ago(reached)) +
      (behind > 0 ? texts.behind(behind, number(behind)) : "");
    at.title = moment(reached);
  }
  const lost = link !== "lost" ? "" : reached === null ? texts.lostEmpty : texts.lost(moment(reached));
  // Set only when it appears or disappears, so that screen readers announce it once.
  const notice = byId("lost");
  if ((lost === "") !== notice.hidden) setNotice(notice, lost);
  sourceList.showAges();
}
