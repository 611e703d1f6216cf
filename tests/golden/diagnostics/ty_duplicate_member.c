// A member twice.
struct s { int a; long a; };
