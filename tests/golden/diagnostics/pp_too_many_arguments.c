// A macro called with too many arguments.
#define SQUARE(a) ((a) * (a))
int x = SQUARE(1, 2);
