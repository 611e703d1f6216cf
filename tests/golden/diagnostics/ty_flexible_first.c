// A flexible array that is not last.
struct s { int n; char data[]; int m; };
