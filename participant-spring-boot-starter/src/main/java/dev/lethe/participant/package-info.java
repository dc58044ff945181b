/** What a Spring service adds to take part in erasure and access: one bean to erase, one to export. */
@NullMarked
package dev.lethe.participant;

import org.jspecify.annotations.NullMarked;
