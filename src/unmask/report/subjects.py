"""Who a report speaks of: each person with the verdict, the leading evidence and the best moment.

Between `Report` and the writers: JSON, HTML and PDF all ask here, so that they show the same
moment of the same person.
"""

from __future__ import annotations

from dataclasses import dataclass

from unmask.errors import InternalError
from unmask.types import Evidence, Face, FaceTrack, HeatMap, MediaKind, Report, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One person of a report.

    main      the evidence the probability rests on (the first with class probabilities), or None
    heat_map  the map of `main`, or of the first evidence that has one; None without a probability
    face      the face at the most telling moment; without one, the widest face of the track
    """

    track: FaceTrack
    verdict: Verdict
    main: Evidence | None
    heat_map: HeatMap | None
    face: Face
    is_clip: bool

    @property
    def id(self) -> str:
        """The letter of the person."""
        return self.track.id


def subjects_of(report: Report) -> list[Subject]:
    """One `Subject` per track, in their order; InternalError where one has no verdict."""
    verdicts = {verdict.subject: verdict for verdict in report.verdicts}
    is_clip = report.media.kind is MediaKind.VIDEO
    found: list[Subject] = []
    for track in report.observation.tracks:
        verdict = verdicts.get(track.id)
        if verdict is None:
            raise InternalError(
                f"person {track.id} has no verdict", "please report this as a bug with the file"
            )
        main = _main(verdict)
        heat_map = None if verdict.fake_probability is None else _heat_map(verdict, main)
        face = _telling_face(track, main, heat_map)
        found.append(Subject(track, verdict, main, heat_map, face, is_clip))
    return found


def _main(verdict: Verdict) -> Evidence | None:
    for evidence in verdict.evidence:
        if evidence.class_probabilities:
            return evidence
    return verdict.evidence[0] if verdict.evidence else None


def _heat_map(verdict: Verdict, main: Evidence | None) -> HeatMap | None:
    if main is not None and main.heat_map is not None:
        return main.heat_map
    return next((e.heat_map for e in verdict.evidence if e.heat_map is not None), None)


def _telling_face(track: FaceTrack, main: Evidence | None, heat_map: HeatMap | None) -> Face:
    if heat_map is not None:
        for face in track.faces:
            if face.frame_index == heat_map.frame_index:
                return face
    if main is not None and main.time_s is not None:
        moment = main.time_s
        return min(track.faces, key=lambda face: abs(face.time_s - moment))
    return max(track.faces, key=lambda face: face.width_px)
