/** The driver's name: in slices, in claims' allocation results, and as the default domain of its attributes. */
export const driverName = "dra.memory";
