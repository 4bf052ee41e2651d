/**
 * Metrics in the text format of Prometheus. Effect's own formatter writes them; a registry of its own for each text holds
 * what is measured now, so a source or a component that is gone leaves no series behind.
 */
import * as Context from "effect/Context";
import * as Metric from "effect/Metric";
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics";
import { BOUNDARIES, type Histogram } from "./histogram.ts";

export type Labels = Readonly<Record<string, string>>;

/** The values of one metric, by their labels. */
export type Series = readonly (readonly [labels: Labels, value: number])[];

/** One value without labels; none where it is not known: a metric that is missing is better than a wrong one. */
export const single = (value: number | null | undefined): Series =>
  value === null || value === undefined ? [] : [[{}, value]];

/** The values of these things by their labels, without those whose value is not known. */
export const seriesOf = <A>(
  all: readonly A[],
  labels: (one: A) => Labels,
  value: (one: A) => number | undefined,
): Series =>
  all.flatMap((one) => {
    const found = value(one);
    return found === undefined ? [] : [[labels(one), found] as const];
  });

/** How many of these things are in each state. */
export const countsByState = (all: readonly { readonly state: string }[]): Series =>
  [...Map.groupBy(all, ({ state }) => state)].map(([state, of]) => [{ state }, of.length]);

export class Meter {
  readonly #context = Context.make(Metric.MetricRegistry, new Map()) as Context.Context<never>;

  histogram(name: string, description: string, { state }: Histogram): void {
    const unused = (): void => {};
    const metric = Metric.histogram(name, { description, boundaries: BOUNDARIES });
    Metric.registerUnsafe(metric, this.#context, { get: state, update: unused, modify: unused });
  }

  gauge(name: string, description: string, series: Series): void {
    for (const [attributes, value] of series)
      Metric.gauge(name, { description, attributes }).updateUnsafe(value, this.#context);
  }

  /** The values are totals. `name` ends in `_total`. */
  counter(name: string, description: string, series: Series): void {
    for (const [attributes, value] of series)
      Metric.counter(name, { description, attributes }).updateUnsafe(value, this.#context);
  }

  text(): string {
    return PrometheusMetrics.formatUnsafe(this.#context);
  }
}
