/** The first view: the total, and what it is made of. */
import { html } from "htm/preact";
import { Bars } from "./bars.js";
import { link } from "./data.js";
import { ago, amount, moment, number } from "./format.js";
import { texts } from "./language.js";
import { Card, Figure } from "./ui.js";

/** @typedef {import("../server/api.ts").AnalysesAnswer} Analyses */

/** @param {{ analyses: Analyses | undefined }} props */
export function Overview({ analyses: a }) {
  const t = texts.value;
  const money = (/** @type {number} */ value) => amount(value, a?.currency ?? "EUR");
  const total = a?.chiffre_affaires_total ?? null;
  return html`
    <section class="total" aria-labelledby="total-title">
      <h2 id="total-title">${t.total}</h2>
      <p class="figure"><${Figure} id="total" text=${total === null ? "–" : money(total)} of="total" /></p>
      <${AsOf} analyses=${a} />
    </section>
    ${
      a !== undefined &&
      html`
      <div class="pair">
        <${Card} id="regions" title=${t.byRegion}>
          <${Bars} title=${t.byRegion} head=${[t.region, t.revenue]} format=${money} count=${a.ventes_par_region.count}
            rows=${a.ventes_par_region.rows.map((r) => ({ key: r.ville, label: r.ville, value: r.chiffre_affaires }))} />
        </${Card}>
        <${Card} id="products" title=${t.byProduct}>
          <${Bars} title=${t.byProduct} head=${[t.product, t.quantity]} format=${number} count=${a.ventes_par_produit.count}
            rows=${a.ventes_par_produit.rows.map((r) => ({
              key: r.id_produit,
              label: r.nom ?? r.id_produit,
              note: r.nom === null ? "" : r.id_produit,
              value: r.quantité,
            }))} />
        </${Card}>
      </div>`
    }`;
}

/** How old the figures are, in words; the commit comes last. @param {{ analyses: Analyses | undefined }} props */
function AsOf({ analyses }) {
  const t = texts.value;
  const reached = analyses?.reached ?? null;
  if (analyses === undefined || reached === null)
    return html`<p id="as-of" class="quiet">${link.value === "live" ? t.noData : ""}</p>`;
  const behind = analyses.newest - analyses.commit;
  return html`
    <p id="as-of" class="quiet">
      <time datetime=${reached} title=${moment(reached)}>${t.asOf(ago(reached), number(analyses.commit))}</time>
      ${behind > 0 && t.behind(behind, number(behind))}
    </p>`;
}
