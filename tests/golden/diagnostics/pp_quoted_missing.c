// A header of one's own that is not there.
#include "maps.h"
int x;
