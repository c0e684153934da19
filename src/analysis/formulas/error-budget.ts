/** Arithmetic of error budgets (SRE workbook, ch. 5 "Alerting on SLOs"). Times in milliseconds, objectives as fractions. */

/** Time that may be bad in a window: (1 − objective) · window, without the noise of 1 − 0.9999 in binary fractions. */
export const errorBudget = (objective: number, window: number): number =>
  Number(((1 - objective) * window).toPrecision(11))

/** The highest burn rate there is: everything fails, 1/(1 − objective). `Infinity` for an objective of 100 %. */
export const maxBurnRate = (objective: number): number => 1 / (1 - objective)

/** The objective below which an alert on this burn rate can never fire: 1 − 1/burn. */
export const lowestObjective = (burnRate: number): number => 1 - 1 / burnRate

/** Burn rate at which `share` of the budget is spent within `window`: share · sloWindow / window. */
export const burnRateFor = (share: number, window: number, sloWindow: number): number => (share * sloWindow) / window

/** Share of the budget that is spent when an alert fires: burn · longWindow / sloWindow. */
export const budgetSpent = (burnRate: number, longWindow: number, sloWindow: number): number =>
  (burnRate * longWindow) / sloWindow

/** Time until an alert fires when `errorShare` of requests fail: longWindow · burn · (1 − objective) / errorShare. */
export const detectionTime = (longWindow: number, burnRate: number, objective: number, errorShare: number): number =>
  (longWindow * burnRate * (1 - objective)) / errorShare

/** Requests without a failure after which the rate of errors is below `errorRate`, at 95 % (rule of three): 3/e. */
export const requestsToProve = (errorRate: number): number => Number((3 / errorRate).toPrecision(11))
