/** The audit log: who changed who may what (rules U1 to U4). */
@NullMarked
package io.skein.persistence.audit;

import org.jspecify.annotations.NullMarked;
