// An enumerator twice.
enum a { ONE }; enum b { ONE };
