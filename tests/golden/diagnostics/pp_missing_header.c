// A header that is nowhere.
#include <linux/bfp.h>
int x;
