// A macro called with too few arguments.
#define MAX(a, b) ((a) > (b) ? (a) : (b))
int x = MAX(1);
