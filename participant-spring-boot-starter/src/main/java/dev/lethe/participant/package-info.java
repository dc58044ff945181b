/** What a Spring service adds to take part in erasure and access, one bean to erase and one to export, and to retry later what failed. */
@NullMarked
package dev.lethe.participant;

import org.jspecify.annotations.NullMarked;
