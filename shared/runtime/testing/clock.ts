/** Clocks for tests, measurements and the simulator, which call plain code without an effect. */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";

/** The clock of the machine. */
export const systemClock: Clock.Clock = Context.get(Context.empty(), Clock.Clock);
