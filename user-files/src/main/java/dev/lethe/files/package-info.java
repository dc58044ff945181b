/** Reads the YAML files that users write, and tells everything that is wrong with one by file, line and key. */
@NullMarked
package dev.lethe.files;

import org.jspecify.annotations.NullMarked;
