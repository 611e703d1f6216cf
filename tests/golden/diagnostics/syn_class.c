// A C++ class.
class packet { int x; };
