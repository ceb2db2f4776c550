"""From data sets on disk to training draws: adapters, manifests, meshes, recipes, pseudo-fakes.

Adapters (one file each) list a data set's pictures; a manifest is their table; splits deal it out,
duplicates and facts check it; a recipe says what is drawn from it. torch may be imported here only
where `train/` needs it; nothing here knows a network.
"""
