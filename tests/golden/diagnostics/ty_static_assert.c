// An assertion about a layout.
struct event { char a; int b; };
_Static_assert(sizeof(struct event) == 5, "no padding");
