/**
 * The Kafka of a suite of tests:
 *
 *   describeWith("kafka", "what is tried", () => {
 *     const kafka = kafkaOfSuite();
 */
import { afterAll, beforeAll } from "vitest";
import { startKafka, type TestKafka } from "./kafka.ts";

/** There from the first test of the suite to its last; asked for where the suite is described. */
export const kafkaOfSuite = (): Omit<TestKafka, "stop"> => {
  let kafka: TestKafka | undefined;
  beforeAll(async () => {
    kafka = await startKafka();
  }, 180_000);
  // Undefined when it could not be had: the failure is then that of beforeAll.
  afterAll(() => kafka?.stop());
  const there = (): TestKafka => {
    if (kafka === undefined) throw new Error("Kafka is there once the tests run");
    return kafka;
  };
  return {
    get settings() {
      return there().settings;
    },
    get brokers() {
      return there().brokers;
    },
    namespace: () => there().namespace(),
  };
};
