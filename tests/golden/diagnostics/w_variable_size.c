// A struct with a flexible array member before the end of another one.
struct tail { int n; int rest[]; };
struct bad { struct tail t; int after; };
struct good { int before; struct tail t; };
union any { struct tail t; int n; };
struct arr { int rest[0]; int n; };
struct fine { struct arr a; int after; };
struct deep { struct good g; int after; };
