/** Who holds personal data, and in which order they forget: the file that operators write. No Spring. */
@NullMarked
package dev.lethe.cancellation.plan;

import org.jspecify.annotations.NullMarked;
