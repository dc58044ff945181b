/** Packs what was gathered into one file, whole or not at all. */
@NullMarked
package dev.lethe.requests.access.report;

import org.jspecify.annotations.NullMarked;
