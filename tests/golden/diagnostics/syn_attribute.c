// An attribute with one pair of parentheses.
__attribute__(packed) struct s { int a; };
