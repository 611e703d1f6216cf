// #warning is shown and compilation goes on.
#warning this map is too small
int x;
